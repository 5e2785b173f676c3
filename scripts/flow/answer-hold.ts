/** A comment with /hold or /release: judged, written to state/holds.yaml by the app, and answered. */
import { permissionOfAssociation } from '../core/forge/approvals.ts';
import { type HoldCommand, parseHoldCommands } from '../core/forge/hold-commands.ts';
import { whyNoHold } from '../core/forge/hold-permission.ts';
import type { ForgeAccount } from '../core/forge/shapes.ts';
import type { GuardrailsFile } from '../core/mappings/guardrails-file.ts';
import type { Hold } from '../core/record/holds-file.ts';
import { commitMessage } from '../core/render/commit-message.ts';
import { personFileOf } from '../core/values/hr-id.ts';
import type { Forge, NewCommit } from '../ports.ts';

const HOLDS = 'state/holds.yaml';

export interface HoldComment {
  id: number;
  /** Of the pull request it was written on. */
  pullRequest: number;
  author: ForgeAccount;
  /** OWNER, MEMBER, COLLABORATOR …, as the event has it. */
  association: string;
  body: string;
  /** ISO instant. */
  at: string;
}

/** By HR id. */
type Holds = Readonly<Record<string, Hold>>;

export interface HoldContext {
  forge: Forge;
  approvals: Pick<GuardrailsFile['approvals'], 'approvers'>;
  run: string | undefined;
  /** state/holds.yaml as a value and back; a file that does not read throws. */
  parseHolds: (text: string) => Holds;
  holdsText: (holds: Holds) => string;
}

export interface HoldAnswer {
  /** False: there was no command in it, or it was not meant for us. */
  answered: boolean;
  commit: string | undefined;
  changed: boolean;
  notes: string[];
}

export async function answerHold(context: HoldContext, comment: HoldComment): Promise<HoldAnswer> {
  const { forge } = context;
  const nothing: HoldAnswer = { answered: false, commit: undefined, changed: false, notes: [] };
  const parsed = parseHoldCommands(comment.body, comment.at.slice(0, 10));
  // Our own answers show how a command is written; a bot that obeyed them would talk to itself.
  if (comment.author.bot || parsed.length === 0) return nothing;
  const pull = await forge.readPullRequest(comment.pullRequest);
  const own =
    pull?.author?.bot === true &&
    pull.headBranch.startsWith('rollcall/') &&
    pull.headRepository?.toLowerCase() === forge.repository.toLowerCase();
  if (!own) return { ...nothing, notes: ['the comment is not on a pull request of Rollcall'] };

  const permission =
    (await forge.readPermission(comment.author.login)) ?? permissionOfAssociation(comment.association);
  const answers: string[] = [];
  const allowed: HoldCommand[] = [];
  for (const command of parsed) {
    const refused =
      command.kind === 'mistake'
        ? command.message
        : whyNoHold({ login: comment.author.login, permission }, command.person, context.approvals);
    if (refused === undefined && command.kind !== 'mistake') allowed.push(command);
    else answers.push(`- Not done: ${refused ?? ''}.`);
  }
  const { commit, said } = await writeHolds(context, comment, allowed);
  const again = commit === undefined ? '' : '\n\nThe plan is made again now; this pull request follows.';
  const reply = `${[...said, ...answers].join('\n')}${again}`;
  await forge.putComment(comment.pullRequest, `hold:${comment.id}`, reply, false);
  return { answered: true, commit, changed: commit !== undefined, notes: [...said, ...answers] };
}

/** One commit a command, on the holds that main has at that moment. */
async function writeHolds(
  context: HoldContext,
  { author, at, pullRequest }: HoldComment,
  commands: HoldCommand[],
): Promise<{ commit: string | undefined; said: string[] }> {
  if (commands.length === 0) return { commit: undefined, said: [] };
  const { forge, run } = context;
  let said: string[] = [];
  const made = await forge.commitOnto(await forge.readDefaultBranch(), async (head) => {
    const state = await forge.readFolder(head, 'state');
    const blob = state.get(HOLDS);
    let holds: Holds = blob === undefined ? {} : context.parseHolds(await forge.readBlob(blob));
    const commits: NewCommit[] = [];
    said = [];
    for (const command of commands) {
      const { person } = command;
      const present = Object.hasOwn(holds, person) ? holds[person] : undefined;
      const beside = { person, by: author.login, pullRequest, ...(run === undefined ? {} : { run }) };
      if (command.kind === 'hold') {
        const { until, reason } = command;
        if (!state.has(personFileOf(person)))
          said.push(`- Not done: nobody here has the HR id \`${person}\`.`);
        else if (present?.at === at && present.until === until)
          said.push(`- \`${person}\` is on hold until ${until} already.`);
        else {
          holds = { ...holds, [person]: { by: author.login, at, until, reason, pullRequest } };
          commits.push(commitOf(context, holds, commitMessage({ kind: 'hold', until, ...beside })));
          said.push(`- \`${person}\` is on hold until ${until}: nothing is given to them, nothing is taken.`);
        }
      } else if (present === undefined) said.push(`- \`${person}\` is not on hold.`);
      else {
        holds = Object.fromEntries(Object.entries(holds).filter(([id]) => id !== person));
        commits.push(commitOf(context, holds, commitMessage({ kind: 'release', ...beside })));
        said.push(`- \`${person}\` is no longer on hold.`);
      }
    }
    return commits;
  });
  return { commit: made.at(-1)?.sha, said };
}

function commitOf({ holdsText }: HoldContext, holds: Holds, message: string): NewCommit {
  return { message, changes: [{ path: HOLDS, text: holdsText(holds) }] };
}
