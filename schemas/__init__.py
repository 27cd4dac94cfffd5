"""The shared data types; nothing here does IO."""
