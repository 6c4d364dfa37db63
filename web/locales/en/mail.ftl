mail-code-subject = { $code } is your { $brand } code
mail-code-heading = Verify your email address
mail-code-intro = Enter this code to finish creating your { $brand } account:
mail-code-expiry = The code works for { $minutes ->
    [one] { $minutes } minute
   *[other] { $minutes } minutes
}. Do not share it with anyone.
mail-code-not-you = If you did not ask for it, you can ignore this email.
mail-taken-subject = You already have a { $brand } account
mail-taken-heading = You already have an account
mail-taken-intro = Somebody, maybe you, tried to create a { $brand } account with this email address. You already have one, so just sign in.
mail-taken-not-you = If it was not you, you can ignore this email. Nothing has changed, and whoever tried was not told that you have an account.
mail-test-subject = Test mail from { $brand }
mail-test-heading = Mail works
mail-test-intro = { $brand } can send email with its current settings.
