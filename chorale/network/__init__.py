"""The network: what it reads and writes, in Keras for training and in NumPy for composing.

Nothing is imported here: only `keras_*` may load Keras.
"""
