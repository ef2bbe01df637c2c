"""Makes an older database whole from what lies in the folders `fiscal` and `arquivo`."""
