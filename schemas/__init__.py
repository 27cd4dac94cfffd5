"""The words that all rooms speak; nothing here does IO."""
