"""Pictures: piano rolls in files and in the terminal, and note embeddings.

colours             colours of voices, likelihoods and pitch classes
systems             the rows into which long music is broken
png                 figures as PNG files
roll                a piano roll as a PNG file
terminal_roll       a piano roll in the terminal
embedding_picture   note embeddings as a PNG file
projector           note embeddings as files for TensorBoard's projector
"""
