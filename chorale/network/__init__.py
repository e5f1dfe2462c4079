"""The network: its inputs and outputs, in Keras for training and in NumPy for composing.

    tokens          chorales as tokens, and back
    conditions      the plan of a chorale, as small integers at each step
    recall          how a chorale went on after an earlier passage like the present one
    history         the decoder's inputs from earlier steps
    lookahead       the given notes that come next
    architecture    names and shapes of the weights, for both implementations
    calibration     shapes of the tables that correct the draw; calibration_storage, as bytes
    critic          the critic: what it reads of a beat, names and shapes of its weights
    plan_json       plans as JSON values
    checkpoint      the file of a trained network
    embeddings      the note embeddings, to look at
    keras_*         in Keras: the full model, the encoder, the interval layers, the critic
    numpy_*         in NumPy: the full model, the encoder, the heads, the layers, the critic

Importing this package loads no module. Only the modules `keras_*` load Keras.
"""
