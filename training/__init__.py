"""How the embedded model was made: corpus, codec, text encoder, language model and measurements."""
