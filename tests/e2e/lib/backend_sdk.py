"""Calls the Backend API through clerk-backend-api, whose models hold every answer to the description, and prints what came of it.

The address is the first argument, an access token the second; the secret key comes by standard input.
"""

import json
import sys

from clerk_backend_api import Clerk, models

CALLBACK = "http://localhost:9/callback"


def refusal(call, **arguments):
    """How a call is refused: the status, and the code of the first error."""
    try:
        call(**arguments)
    except models.ClerkErrors as error:
        return {"status": error.raw_response.status_code, "code": error.data.errors[0].code}
    raise AssertionError("this is refused")


def main():
    url, token = sys.argv[1:]
    with Clerk(bearer_auth=sys.stdin.readline().strip(), server_url=f"{url}/api/v1") as sdk:
        apps = sdk.oauth_applications
        made = apps.create(request={"name": "Python", "redirect_uris": [CALLBACK]})
        changed = apps.update(oauth_application_id=made.id, name="Snake", consent_screen_enabled=False)
        rotated = apps.rotate_secret(oauth_application_id=made.id)
        read = apps.get(oauth_application_id=made.id)
        listed = apps.list(name_query="snake", order_by="-created_at")
        deleted = apps.delete(oauth_application_id=made.id)
        verified = sdk.oauth_access_tokens.verify(access_token=token)
        print(
            json.dumps(
                {
                    "made": made.name,
                    "secrets": [made.client_secret, rotated.client_secret],
                    "changed": [changed.name, changed.consent_screen_enabled],
                    "read": read.name,
                    "listed": [[one.id == made.id for one in listed.data], listed.total_count],
                    "deleted": deleted.deleted,
                    "subject": verified.subject,
                    "missing": refusal(apps.get, oauth_application_id=made.id),
                    "wrong": refusal(apps.create, request={"name": "Python", "redirect_uris": []}),
                }
            )
        )


main()
