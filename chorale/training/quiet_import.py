"""Import TensorFlow without its log messages on the user's screen."""

import os
import sys
import tempfile


def import_tensorflow() -> None:
    """Import TensorFlow, and print its messages only if the import fails.

    Keras is set to use TensorFlow, and to read and write no settings: settings in the user's home
    belong to other programs and would change the network, and without a home Keras would make a
    folder.

    TensorFlow prints some messages before any logging option takes effect, so standard error itself
    is held back, unless the user requests the messages by a TF_CPP_MIN_LOG_LEVEL other than 3.
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
