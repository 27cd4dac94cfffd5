"""What tests are built of: homes, repositories, services and brokers, shared by more than one folder of tests."""
