"""Import TensorFlow without its notes to developers on the user's screen."""

import os
import sys
import tempfile


def import_tensorflow() -> None:
    """Import TensorFlow, and show what it writes meanwhile only if the import fails.

    Keras is set to use TensorFlow, and to read and write no settings: those in the user's home
    belong to other programs and would change the network, and without a home Keras would make a
    folder.

    Some of TensorFlow's notes precede every logging option, so standard error itself is held back,
    unless TF_CPP_MIN_LOG_LEVEL is set below 3, which requests the notes.
    """
    os.environ |= {"KERAS_BACKEND": "tensorflow", "KERAS_HOME": os.devnull}
    if os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3") != "3":
        import tensorflow

        return
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as held_back:
        os.dup2(held_back.fileno(), 2)
        try:
            import tensorflow  # noqa: F401 - for its effect
        except BaseException:
            held_back.seek(0)
            os.write(kept, held_back.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)
