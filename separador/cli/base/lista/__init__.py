"""Lists for people and their spreadsheets: the same columns on the screen, in CSV and in Excel."""
