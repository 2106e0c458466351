"""What a company has published: saved web pages and lists of prices, hours and terms -> claims with their places."""
