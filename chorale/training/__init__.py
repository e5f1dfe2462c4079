"""Training: from a corpus to a checkpoint.

    dataset         the chorales of a split as batches of windows
    device          GPU or CPU, and the precision
    trainer         the updates, and the measurements
    state           everything that changes, saved and restored
    paths           names of the files of a run
    failures        divergence, too little memory, a state that cannot be resumed: one line each
    history         the figures of each epoch, as a table and a picture
    run             epochs, validation, early stopping, and the best network
    quiet_import    import TensorFlow without its notes to developers

Beside the checkpoint FILE.safetensors lie FILE.state.safetensors, from which a run resumes
exactly, FILE.csv, the history, and FILE.png, its curves.
"""
