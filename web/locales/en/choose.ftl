choose-title = Choose an account
choose-another = Use another account
