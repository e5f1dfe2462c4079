"""Training: from a corpus to a checkpoint.

    dataset         the chorales of a split as batches of windows
    device          GPU or CPU, and the precision
    trainer         updates of the weights, and measurements
    state           the training state, saved and restored
    paths           names of the files of a run
    failures        errors: divergence, too little memory, a state that cannot be resumed
    history         the metrics of each epoch, as a table and as curves
    run             epochs, validation, early stopping, and the best network
    critic          the critic that separates Bach's beats from a network's own
    quiet_import    the import of TensorFlow without its log messages

A run writes four files: the checkpoint FILE.safetensors, the state FILE.state.safetensors (from
which the run resumes exactly), the history FILE.csv, and the history's curves FILE.png.
"""
