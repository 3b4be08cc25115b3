"""Before the first number: new reviews, new study files, and what reviewers bring from elsewhere."""
