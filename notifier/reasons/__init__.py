"""The text of a contact -> its reason: by the other system's word, by words of the file, by a model. No I/O."""
