"""Starting TensorFlow without its notes to developers on the user's screen."""

import os
import sys
import tempfile


def import_tensorflow() -> None:
    """Import TensorFlow; what it writes meanwhile is shown only if the import fails.

    Some of its notes precede every logging option, so standard error itself is held back. Who sets
    TF_CPP_MIN_LOG_LEVEL below 3 wants them, and nothing is held back.
    """
    if not os.path.isabs(os.path.expanduser("~")):  # without a home Keras makes a folder "~" here
        os.environ.setdefault("KERAS_HOME", os.path.join(tempfile.gettempdir(), "keras"))
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
