/**
 * A vendor's own words, as far as we know them. A refusal may repeat what we sent, what somebody else has, or the key it
 * was asked with, in any spelling. So nothing is taken out: whole phrases of this list are let in, and everything else,
 * names, addresses, ids, numbers and words that happen to stand here too, becomes "…". A receipt is for ever.
 *
 * A list of single words was not enough: "manager", "security policy" or "Will" are harmless in a sentence of the vendor
 * and a fact about somebody in an echo. The phrases are those of the vendors' documents, recordings and official modules
 * (reference of the emulators), cut where a value stands.
 */
const PHRASES = `
already exists | variable already exists | must be unique | name must be unique | duplicate email address | duplicate key
not found | user not found | user_group not found | group not found | organization not found | company not found
employee not found | branch not found | repository not found | integration not found | table row not found | table not found
the row was not found | webhook not found | no webhook was found with id | no commit found for sha | no ref found for
api key user not found | api key not provided or invalid | bad credentials | requires authentication
the user of this api key is disabled | is not a valid key | invalid username or token
bad request | user already exists or bad request | the request is not valid | the request body is not valid json
invalid json body | invalid json | body should be a json object | body cannot be blank | request body must be empty
the body must be an object | the body must be a list of objects | problems parsing json | validation failed | password validation fail
unprocessable entity | method not allowed | limit exceeded | over rate limit | please try again in | is invalid | is malformed
is required | are required | is not allowed | is not supported | is too long | is not valid | cannot be blank
cannot be empty | cannot be changed | may not be empty | must be in the future | start_date must be in the future
end_date must be after start_date | first name and last name are required | internal server error | service unavailable
attribute names may not be empty | attribute names may not contain spaces | attribute names must be unique
attribute names may only contain letters and numbers | x-org-id is malformed
x-org-id does not match the organization of the path | x-org-id does not match
user is already activated | user is not in a state that can be activated | user is a manager of other users
user already exists | is a manager of other users | cast to objectid failed for value | at path | failed for value | invalid regular expression
directory insights is not enabled | you do not have access to | you do not have permission to use this resource
you do not have access to one or more of the specified fields | you do not have permission to access this employee
you do not have permission to view this employee | permission denied | access denied
the company directory is not shared with this user | the filter cannot be read | is restricted | unknown field | unknown fields
unsupported filter operator | too many fields requested | the maximum is | the page cursor is not valid
or its employee changed | start again | give page after or page before | not both | mixing and with or in one filter is not supported
the since parameter is missing or not a valid date | the start and end parameters are required and must be valid dates
resource not accessible by integration | resource not accessible by personal access token | you must authenticate via a github app
must have admin rights to repository | the permissions requested are not granted to this installation
github actions is not permitted to approve pull requests | github actions is not permitted to create or approve pull requests
repository rule violations found | changes must be made through a pull request | cannot update this protected ref
cannot delete this branch | cannot force-push to this branch | cannot create ref due to creations being restricted
commits must have verified signatures | this branch must not contain merge commits | required status check | is expected
at least | approving review is required | approving reviews are required | by reviewers with write access | waiting on code owner review from
new changes require approval from someone other than the last pusher | merge commits are not allowed on this repository
squash merges are not allowed on this repository | rebase merges are not allowed on this repository
review and try the merge again | base branch was modified | head branch was modified | branch not protected
update is not a fast forward | reference update failed | reference already exists | reference does not exist | but expected | cannot lock ref
object does not exist | tree sha does not exist | parent sha does not exist or is not a commit object | invalid tree info
git repository is empty | this repository is empty | no commits between | no common ancestor between | a pull request already exists for
pull request is not mergeable | pull request is not open | pull request is still a draft | the pull request is already merged
can not approve your own pull request | can not request changes on your own pull request
review cannot be requested from pull request author | user can only have one pending review per pull request
reviews may only be requested from collaborators | cannot delete the default branch | label does not exist | body is too long
maximum is | no more than | items are allowed | were supplied | characters are allowed | secondary rate limit | rate limit exceeded
api rate limit exceeded for | you have exceeded a secondary rate limit | please wait a few minutes before you try again
please make sure your request has a user-agent header | request forbidden by administrative rules | unexpected inputs provided`;

/** Messages of one word, or codes: shown where they are a sentence of their own. */
const ALONE: ReadonlySet<string> = new Set(
  (
    'unauthorized forbidden unauthenticated conflict failed_precondition invalid_argument not_found already_exists ' +
    'permission_denied resource_exhausted unavailable internal'
  ).split(' '),
);

/** Phrases by their first word, the longest first. */
const BY_FIRST: ReadonlyMap<string, string[][]> = byFirst(
  PHRASES.split(/[|\n]/)
    .map((phrase) => phrase.trim().split(' '))
    .filter((words) => words.length > 1),
);

const LONGEST = 200;

/** `User ada.lovelace already exists` -> `… already exists`; '' when no phrase is known. */
export function knownPhrases(message: string): string {
  const sentences = message.slice(0, 10_000).split(/[:;\p{Cc}\u2028\u2029]+|\.(?=\s|$)/u);
  const text = sentences
    .flatMap((sentence) =>
      shownOf(sentence.split(/[\s\p{Cf}"'`()<>[\]{},=|/\\!?]+/u).filter((word) => word !== '')),
    )
    .join(' ')
    .replaceAll(/…(?: …)+/g, '…');
  if (!/[a-z]/i.test(text)) return '';
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function shownOf(words: string[]): string[] {
  const small = words.map((word) => word.toLowerCase());
  const [first = ''] = small;
  if (small.length === 1 && ALONE.has(first)) return words;
  const shown: string[] = [];
  for (let at = 0; at < words.length;) {
    const phrase = BY_FIRST.get(small[at] ?? '')?.find((each) =>
      each.every((word, index) => small[at + index] === word),
    );
    shown.push(...(phrase === undefined ? ['…'] : words.slice(at, at + phrase.length)));
    at += phrase?.length ?? 1;
  }
  return shown;
}

function byFirst(phrases: string[][]): Map<string, string[][]> {
  const map = new Map<string, string[][]>();
  for (const phrase of [...phrases].sort((a, b) => b.length - a.length)) {
    const [first = ''] = phrase;
    map.set(first, [...(map.get(first) ?? []), phrase]);
  }
  return map;
}
