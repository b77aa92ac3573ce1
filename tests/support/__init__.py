"""The test bed: real machines, a real engine and a small internet, all on one Linux host without any other internet."""
