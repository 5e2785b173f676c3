/**
 * Whatever strangers write, everything that shows it has the shape that it has for a harmless name: the same tags and links,
 * no mention, no reference, the same rows and columns, nothing that acts on a terminal, a spreadsheet or a chat.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evidenceCsv } from '../../scripts/core/audit/csv.ts';
import { renderEvidenceText } from '../../scripts/core/audit/evidence-text.ts';
import { renderEvidencePage } from '../../scripts/core/audit/html-audit.ts';
import { renderPicturePage } from '../../scripts/core/audit/html-picture.ts';
import { renderLife } from '../../scripts/core/audit/life.ts';
import { ocsfLines } from '../../scripts/core/audit/ocsf.ts';
import { renderExplanation } from '../../scripts/core/explain/explanation-terminal.ts';
import { renderGroup } from '../../scripts/core/explain/group-terminal.ts';
import { composeMessage, type MessageContext } from '../../scripts/core/notify/compose-message.ts';
import { mailMessage } from '../../scripts/core/notify/mail-message.ts';
import { notifySummary } from '../../scripts/core/notify/notify-text.ts';
import type { Delivery } from '../../scripts/core/notify/route-notices.ts';
import { slackMessage } from '../../scripts/core/notify/slack-message.ts';
import { webhookBody } from '../../scripts/core/notify/webhook-message.ts';
import { renderReportHtml } from '../../scripts/core/reconcile/report-html.ts';
import { issueOf, renderReportMarkdown } from '../../scripts/core/reconcile/report-markdown.ts';
import { renderReportTerminal } from '../../scripts/core/reconcile/report-terminal.ts';
import { renderMappingPreview } from '../../scripts/core/render/mapping-preview.ts';
import { renderPlanMarkdown } from '../../scripts/core/render/plan-markdown.ts';
import { renderPlanTerminal } from '../../scripts/core/render/plan-terminal.ts';
import { planViewOf } from '../../scripts/core/render/plan-view.ts';
import { renderReceiptMarkdown } from '../../scripts/core/render/receipt-markdown.ts';
import { renderReceiptTerminal } from '../../scripts/core/render/receipt-terminal.ts';
import { previewText } from '../../scripts/preview.ts';
import { FILTERS, filteredText, htmlOf } from '../core/render/github-reading.ts';
import { HOSTILE } from '../core/render/plan-world.ts';
import {
  CHANGES,
  EVIDENCE,
  EXPLANATION,
  GROUP,
  NAMES,
  NOTICE,
  PLAN,
  poison,
  PREVIEW,
  PREVIEW_FAILED,
  RECEIPT,
  REPORT,
  REPORT_BLIND,
} from './stranger-world.ts';

const IS_LONG = process.env['ROLLCALL_LONG'] === '1';
const RUNS = IS_LONG ? 400 : 8;
const SEED = 20261123;
/** Wide enough that no line breaks, so that lines can be counted. */
const WIDE = { width: 1_000_000 };

const pieces = [
  ...HOSTILE.filter((text) => text.length < 200),
  "=cmd|' /C calc'!A1",
  '+1+1',
  '-2+3',
  '@SUM(1)',
  '\t=1',
  '"=1","',
  ';=1',
  '<!channel> <@U1> <https://evil.example|x>',
  '::set-output name=x::y',
  '%0A::error::z',
  '##[add-mask]x',
  '\nEOF\nname<<EOF\n',
  '</title></style><style>*{}',
  '" onmouseover="x" \' style=\'x',
  'javascript:alert(1)',
  '\u2028\u2029\u0085\u009b31m\u061c\ufeff',
];
const hostile = fc.oneof(
  fc
    .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 4 })), { minLength: 1, maxLength: 3 })
    .map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(...'@#:/.-_*`~[]()<>|\\$!&^+=1aw \n"\'%,;'), maxLength: 30 }),
);

function deliveryOf(text: string): [Delivery, MessageContext] {
  const context: MessageContext = {
    templates: {},
    nameOf: () => `Word${text}`,
    startDayOf: () => '2026-12-01',
    repository: { name: 'acme/identity', serverUrl: 'https://github.com' },
  };
  return [
    { channel: 'slack', to: [], names: true, notice: poison(NOTICE, text), keys: ['k'], id: 'id' },
    context,
  ];
}
function messageOf(text: string) {
  const [delivery, context] = deliveryOf(text);
  return composeMessage(delivery, context);
}
const viewOf = (text: string) => planViewOf('2026-11-23', [poison(PLAN, text)], poison(NAMES, text));
const life = {
  person: '1042',
  label: '1042 Word',
  versions: [
    { at: '2026-11-23T12:00:00Z', commit: 'a'.repeat(40), subject: 'Word', stage: 'active', facts: ['Word'] },
  ],
  changes: CHANGES,
  access: undefined,
};

const MARKDOWN: Record<string, (text: string) => string> = {
  'a plan': (text) =>
    renderPlanMarkdown(viewOf(text), {
      expireHours: 72,
      required: 1,
      planUrl: (path) => `https://github.com/acme/identity/blob/x/${path}`,
    }),
  'a receipt': (text) =>
    renderReceiptMarkdown(poison(PLAN, text), poison(RECEIPT, text), poison(NAMES, text)),
  'a preview': (text) => renderMappingPreview(poison(PREVIEW, text)),
  'a preview that failed': (text) => renderMappingPreview(poison(PREVIEW_FAILED, text)),
  'a report': (text) => renderReportMarkdown(poison(REPORT, text)),
  'a report without the log': (text) => renderReportMarkdown(poison(REPORT_BLIND, text)),
  'an issue': (text) => `# ${issueOf(poison(REPORT, text)).title}\n\n${issueOf(poison(REPORT, text)).body}`,
  'what was told': (text) => {
    const [delivery, context] = deliveryOf(text);
    return notifySummary([
      {
        delivery,
        message: composeMessage(delivery, context),
        outcome: 'failed',
        attempts: 1,
        reason: `Word${text}`,
      },
    ]);
  },
};
const PAGES: Record<string, (text: string) => string> = {
  evidence: (text) => renderEvidencePage(poison(EVIDENCE, text)),
  picture: (text) =>
    renderPicturePage({
      evidence: poison(EVIDENCE, text),
      stages: { active: 3, hold: 1 },
      pending: [
        {
          plan: PLAN.digest,
          lane: 'review',
          people: `Word${text}`,
          actions: 2,
          since: '2026-11-20T00:00:00Z',
          over: true,
        },
      ],
      holds: [{ person: '1050', code: 'no-address', why: `Word${text}`, since: '', until: '' }],
    }),
  report: (text) => renderReportHtml(poison(REPORT, text)),
  mail: (text) => mailMessage(messageOf(text)).html,
};
const TERMINAL: Record<string, (text: string) => string> = {
  plan: (text) => renderPlanTerminal(viewOf(text), WIDE),
  receipt: (text) =>
    renderReceiptTerminal(poison(PLAN, text), poison(RECEIPT, text), poison(NAMES, text), WIDE),
  report: (text) => renderReportTerminal(poison(REPORT, text), WIDE),
  'blind report': (text) => renderReportTerminal(poison(REPORT_BLIND, text), WIDE),
  explanation: (text) => renderExplanation(poison(EXPLANATION, text), WIDE),
  'explanation of a group': (text) => renderGroup(poison(GROUP, text), WIDE),
  evidence: (text) => renderEvidenceText(poison(EVIDENCE, text), []),
  life: (text) => renderLife(poison(life, text), 'UTC'),
  // Chat and mail have zero-width spaces of ours in them (inert-text.ts).
  mail: (text) => mailMessage(messageOf(text)).text.replaceAll('\u200b', ''),
  preview: (text) => previewText(poison(PREVIEW, text)),
  'preview that failed': (text) => previewText(poison(PREVIEW_FAILED, text)),
};

/** Tags with the names of their attributes, and where links lead: what a harmless name gives, and nothing else. */
function skeletonOf(html: string): string[] {
  return [...html.matchAll(/<\/?[a-z][^>]*>|<!--/gi)].flatMap(([tag]) => {
    if (/^<\/?span\b/.test(tag)) return [];
    return [
      tag.replaceAll(/="([^"]*)"/g, (_whole, value: string) =>
        /^(?:https?:|#)/.test(value) ? `=${value}` : '',
      ),
    ];
  });
}

/** Rows of cells of RFC 4180. */
function rowsOf(csv: string): string[][] {
  const rows: string[][] = [[]];
  for (const [whole, sign, quoted, plain] of csv.matchAll(/(,|\r\n)|"((?:[^"]|"")*)"|([^",\r\n]+)/g)) {
    if (sign === '\r\n') rows.push([]);
    else if (sign !== ',') rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? whole);
  }
  return rows;
}

/** What every run tries: a tag, a link, a mention, a formula, a line break, a command, a direction. */
const TRAPS = [
  '<img src=x onerror=alert(1)>[x](https://evil.example)',
  '@acme/admins #1 GH-2 :tada: **b**',
  "=cmd|' /C calc'!A1",
  '\n::error::x\u001b[31m\u202e',
];

/** `cheap`: every piece alone as well, also in the small run. */
function always(check: (text: string) => void, cheap = false): void {
  for (const text of IS_LONG || cheap ? [...TRAPS, ...pieces] : TRAPS) check(text);
  fc.assert(fc.property(hostile, check), { numRuns: RUNS, seed: SEED });
}

describe.each(Object.entries(MARKDOWN))('%s in Markdown', (_name, render) => {
  const plain = skeletonOf(htmlOf(render('')));
  const links = FILTERS.map(
    ([, pattern]) =>
      filteredText(htmlOf(render(''))).match(new RegExp(pattern, `g${pattern.flags}`))?.length ?? 0,
  );
  test('is the same whatever strangers write', () => {
    expect(plain.length).toBeGreaterThan(1);
    always((text) => {
      const html = htmlOf(render(text));
      expect(skeletonOf(html)).toEqual(plain);
      const found = FILTERS.map(
        ([, pattern]) => filteredText(html).match(new RegExp(pattern, `g${pattern.flags}`))?.length ?? 0,
      );
      expect(found).toEqual(links);
    });
  });
});

describe.each(Object.entries(PAGES))('%s as a page', (_name, render) => {
  const plain = skeletonOf(render(''));
  test('is the same whatever strangers write', () => {
    expect(plain.length).toBeGreaterThan(10);
    always((text) => {
      const html = render(text);
      expect(skeletonOf(html)).toEqual(plain);
      expect(html).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2067]/);
    });
  });
});

describe.each(Object.entries(TERMINAL))('%s on a terminal', (_name, render) => {
  const lines = render('').split('\n').length;
  test('has the same lines and moves nothing', () => {
    always((text) => {
      const printed = render(text);
      expect(printed).not.toMatch(
        /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u202a-\u202e\u2028\u2029\ufeff]/,
      );
      expect(printed.split('\n').length).toBe(lines);
    }, true);
  });
});

test('evidence as CSV has the same cells, and no cell is a formula', () => {
  const shapeOf = (text: string): Record<string, number[]> =>
    Object.fromEntries(
      [...evidenceCsv(poison(EVIDENCE, text))].map(([name, csv]) => [
        name,
        csv.split('\r\n').map((row) => row.replaceAll(/"(?:[^"]|"")*"/g, '').split(',').length),
      ]),
    );
  const plain = shapeOf('');
  expect(Object.keys(plain).length).toBeGreaterThan(3);
  always((text) => {
    expect(shapeOf(text)).toEqual(plain);
    // Alone in its cell too: elsewhere `Word` stands before it.
    const alone = evidenceCsv({
      ...EVIDENCE,
      exceptions: EVIDENCE.exceptions.map((each) => ({ ...each, reason: text, owner: text })),
    });
    for (const csv of [...alone.values()])
      for (const row of rowsOf(csv))
        for (const cell of row)
          if (!/^-?\d/.test(cell)) expect(cell).not.toMatch(/^[\s\ufeff]*[=+\-@\t\r＝＋－＠]/);
  }, true);
});

test('OCSF and the webhook are one document a line, and read back', () => {
  always((text) => {
    const lines = ocsfLines(poison(CHANGES, text)).trimEnd().split('\n');
    expect(lines.length).toBe(CHANGES.length);
    for (const line of lines) JSON.parse(line);
    const [delivery, context] = deliveryOf(text);
    const body = JSON.parse(webhookBody(delivery, composeMessage(delivery, context), context)) as object;
    expect(Object.keys(body)).not.toContain('__proto__');
    expect(JSON.stringify(body)).not.toContain('\n');
  }, true);
});

test('Slack obeys nothing: no mention, channel, link, markup or emoji', () => {
  const blocksOf = (text: string) => slackMessage(messageOf(text)).blocks;
  const plain = blocksOf('').map(({ type }) => type);
  always((text) => {
    const { blocks, text: title } = slackMessage(messageOf(text));
    expect(blocks.map(({ type }) => type)).toEqual(plain);
    const texts = [
      title,
      ...blocks.flatMap(({ text: block }) => (block === undefined ? [] : [(block as { text: string }).text])),
    ];
    for (const each of texts)
      expect(each).not.toMatch(/[<>]|&(?!(?:amp|lt|gt);)|[@#](?=\w)|:\w+:|\w\.[a-z]{2}/i);
  }, true);
});
