"""What an administrator adjusted: versions of documents, their differences, the file that carries them."""
