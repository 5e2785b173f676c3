/**
 * A vendor's own words, as far as we know them. A refusal may repeat what we sent, what somebody else has, or the key it
 * was asked with, in any spelling; taking out what we recognise failed once. So nothing is taken out: only words of this
 * list are let in, and everything else, names, addresses, ids and numbers, becomes "…". A receipt is for ever.
 *
 * The list is made of the messages that the vendors' documents, recordings and official modules show (reference of the
 * emulators), and of plain words that say what is wrong. A word that is also a first name is let in small only.
 */
const WORDS: ReadonlySet<string> = new Set(
  (
    'a able abuse accept accepted access accessible account accounts action actions activate activated activation active added admin ' +
    'administrator after again all allow allowed already also alternative an and another any api app application approve are array ' +
    'as ascending associated association at attempt attribute attributes authenticated authentication authorization authorized available bad ' +
    'base be because been before being below between blank blocked body boolean both branch but by bypass call cannot cast change ' +
    'changed changes character characters check checks client code comment commit commits company conflict conflicting connection contain contains ' +
    'content could create created creation credentials current custom data date date-time default delete deleted denied description ' +
    'details device devices did different digits directory disabled document does domain down duplicate duplicated each either ' +
    'email empty enabled end ended entity error errors exceed exceeded exceeds exist existing exists expected expired fail failed ' +
    'failure fast fast-forward field fields filter for forbidden force format forward found from future get github given group groups ' +
    'has have head header id identifier if in inactive include includes integration internal invalid is it its item items json key ' +
    'label large least length less letters license licensed limit limited list locked login long longer made malformed manager match ' +
    'matches maximum may member members merge mergeable message method minimum missing modified more most must name names need ' +
    'needs no not nothing null number numbers object of off omitted on once one only op open operation or org organization other out ' +
    'over owned own page parameter parameters parse password past patch path pattern payload permission permissions permitted ' +
    'phone please policy positive post previous process processed protected provided proposal public pull push put query queue quota rate read ' +
    'record reference refs refused reject rejected remove removed replace repository request requested requests require required ' +
    'requires reserved resource restricted retry review reviews role rule rules ruleset scheduled search secondary send server service set ' +
    'short should single size source spaces sort staged started state status string success suspend suspended system temporarily ' +
    'text than that the their there these this through time timeout to token too try type unable unauthorized unavailable under ' +
    'unexpected unique unknown unprocessable unsupported until up update updated url use used user username users valid validation ' +
    'value values version violation violations was were when which while will with within without write wrong you your zero ' +
    // Fields and codes of their own.
    'activation_email_override addresses alternateemail cascade_manager costcenter displayname employeeidentifier employeetype ' +
    'end_date end_time failed_precondition firstname invalid_argument jobtitle lastname ldapgroups managedappleid memberquery ' +
    'membershipmethod middlename not_found objectid op_type permission_denied phonenumbers posixgroups public_key querytype ' +
    'resource_exhausted send_activation_emails ssh ssh_keys start_date start_time unauthenticated user_group user_ids x-org-id'
  ).split(' '),
);

/** Capitalised these are people. */
const NAMES_TOO: ReadonlySet<string> = new Set(
  'base branch field given head key large long match may page parse post read rule short single will'.split(
    ' ',
  ),
);

const LONGEST = 200;

/** `User ada.lovelace already exists` -> `User … already exists`; '' when no word is known. */
export function knownWords(message: string): string {
  const text = message
    .split(/[\s\p{Cc}\p{Cf}\u2028\u2029"'`()<>[\]{}:;,=|/\\!?]+/u)
    .filter((word) => word !== '' && word !== '.')
    .map((word) => (isKnown(word.replace(/\.+$/, '')) ? word : '…'))
    .join(' ')
    .replaceAll(/…(?: …)+/g, '…');
  if (!/[a-z]/i.test(text)) return '';
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function isKnown(word: string): boolean {
  const small = word.toLowerCase();
  return WORDS.has(small) && !(word !== small && NAMES_TOO.has(small));
}
