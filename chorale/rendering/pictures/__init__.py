"""Pictures: piano rolls, in files and in the terminal, and embeddings on a plane."""
