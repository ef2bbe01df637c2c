// The pages work without this script; with it they are live.
