"""The service: what listeners do, over HTTP."""
