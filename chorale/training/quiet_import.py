"""Starting TensorFlow without its notes to developers on the user's screen."""

import os
import sys
import tempfile


def import_tensorflow() -> None:
    """Import TensorFlow; what it writes meanwhile is shown only if the import fails.

    Keras is told to take TensorFlow, and to read and write no settings: those in the user's home
    are of other programs and would change the network, and where there is no home a folder would
    be made.

    Some of TensorFlow's notes precede every logging option, so standard error itself is held back.
    Who sets TF_CPP_MIN_LOG_LEVEL below 3 wants them, and nothing is held back.
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
