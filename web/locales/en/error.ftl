error-not-found-title = This page does not exist
error-not-found-about = The address may be mistyped, or the page has moved.
error-not-found-next = Check the address, or start from your account.
error-bad-request-title = This request does not work
error-bad-request-about = Something in the address or the form is missing or wrong.
error-bad-request-next = Go back to where you came from and try again.
error-forbidden-title = This form has expired
error-forbidden-about = It was open for too long, or your browser did not send its cookies along. Nothing was changed.
error-forbidden-next = Go back, reload the page and send the form again. Cookies must be allowed for this site.
error-too-many-title = Too many attempts
error-too-many-about = To keep accounts safe, we slow things down for a while.
error-too-many-seconds = Try again in { $seconds ->
    [one] { $seconds } second
   *[other] { $seconds } seconds
}.
error-too-many-minutes = Try again in { $minutes } minutes.
error-busy-title = Very busy right now
error-busy-about = We could not take care of your request in time. Nothing was changed.
error-busy-next = Wait a few seconds, then try again.
error-internal-title = Something went wrong on our side
error-internal-about = This is our mistake, and it has been recorded.
error-internal-next = Try again in a moment. If it keeps happening, give the request id below to the support team.
error-invalid-client-title = This app can't sign you in
error-invalid-client-about = The app that sent you here made a request that we can't accept. Your account is not affected.
error-invalid-client-next = Go back to the app and try again. If it keeps happening, tell the people who run it, with the request id below.
error-logout-hint-title = The app could not sign you out
error-logout-hint-about = The app that sent you here made a sign-out request that we can't accept. You are still signed in.
error-logout-hint-next = You can sign out yourself from your account.

error-back = Go back
error-home = Go to your account
error-for-developers = For developers
error-request-id = Request id
error-copy = Copy
error-copied = Copied
