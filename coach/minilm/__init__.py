"""The bundled embedder: all-MiniLM-L6-v2 built from its weights as an int8 ONNX graph."""
