"""The steps of an answer, one module each; `assistant.pipeline` lists them in order."""
