"""From files to a published knowledge base: `SourceFile → Document → Chunks → published`."""
