"""Training: from a corpus to a checkpoint.

    device      what it runs on, and at what precision
    trainer     the updates, and measuring
    state       everything that changes, saved and restored
    paths       where the files of a run lie
    failures    divergence, too little memory, a state of no use: told in one line
    history     what each epoch came to, as a table and a picture
    run         epochs, validation, early stopping, the best network kept

Beside the checkpoint FILE.safetensors lie FILE.state.safetensors, from which a run resumes
exactly, FILE.csv, the history, and FILE.png, its curves.
"""
