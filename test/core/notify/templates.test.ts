import { describe, expect, it } from 'vitest';
import { readYaml } from '../../../scripts/adapters/files/yaml-source.ts';
import {
  checkTemplates,
  PLACEHOLDERS,
  parseTemplate,
} from '../../../scripts/core/mappings/notification-templates.ts';
import { NotificationEvent, NotificationsFile } from '../../../scripts/core/mappings/notifications-file.ts';
import { DEFAULT_TEMPLATES } from '../../../scripts/core/notify/default-templates.ts';
import { checkSource } from '../../../scripts/core/values/source.ts';

function problemsOf(yaml: string): string[] {
  const read = readYaml('mappings/notifications.yaml', yaml);
  if (!read.ok) throw new Error('not YAML');
  const checked = checkSource(read.source, NotificationsFile);
  const problems = checked.ok ? checkTemplates(read.source, checked.value) : checked.problems;
  return problems.map(
    ({ file, line, column, message, remedy }) => `${file}:${line}:${column}: ${message} (${remedy ?? ''})`,
  );
}

describe('templates', () => {
  it('our own are in order', () => {
    for (const event of NotificationEvent.options)
      for (const place of ['title', 'text'] as const)
        expect(parseTemplate(DEFAULT_TEMPLATES[event][place], event, place)).toMatchObject({ ok: true });
  });

  it('an unknown placeholder is named at its line and column', () => {
    const text = `templates:\n  offboarded:\n    title: 'Gone: {peple}'\n    text: |\n      Hello\n      {salary}\n`;
    const [title, body] = problemsOf(text);
    expect(title).toMatch(
      /^mappings\/notifications\.yaml:3:19: unknown placeholder \{peple\} \(did you mean \{people\}\?/,
    );
    expect(body).toMatch(/^mappings\/notifications\.yaml:6:7: unknown placeholder \{salary\}/);
  });

  it.each([
    ['a list in a title', "templates: { held: { title: '{list}' } }", 'does not stand in a title'],
    ['of another event', "templates: { held: { text: '{hours}' } }", 'does not stand here'],
    ['a lone brace', "templates: { held: { text: 'a { b' } }", 'belongs to no placeholder'],
    ['a lone brace at the end', "templates: { held: { text: 'a } b' } }", 'belongs to no placeholder'],
    ['a member of every object', "templates: { held: { text: '{constructor}' } }", 'unknown placeholder'],
    ['two lines of title', 'templates: { held: { title: "a\\r\\nBcc: x" } }', 'one line'],
    ['an unknown event', 'templates: { fired: { title: a } }', 'unknown key "fired"'],
    ['mail without addresses', 'routes: [{ events: [held], channel: email }]', 'needs addresses'],
    [
      'addresses for Slack',
      'routes: [{ events: [held], channel: slack, to: [a@example.com] }]',
      'for email only',
    ],
    [
      'future exits of nothing',
      'routes: [{ events: [held], channel: slack, futureExits: true }]',
      'schedule-armed',
    ],
    [
      'a forged address',
      'routes: [{ events: [held], channel: email, to: ["a@example.com\\r\\nBcc: b@example.com"] }]',
      'to',
    ],
  ])('%s is refused', (_name, yaml, message) => {
    expect(problemsOf(yaml).join('\n')).toContain(message);
  });

  it('double braces are braces', () => {
    expect(parseTemplate('{{x}} {people}', 'held', 'text')).toEqual({
      ok: true,
      parts: ['{', 'x', '}', ' ', { placeholder: 'people' }],
    });
  });

  it('every placeholder can be used somewhere', () => {
    for (const [name, { events }] of Object.entries(PLACEHOLDERS))
      for (const event of events) expect(parseTemplate(`{${name}}`, event, 'text').ok).toBe(true);
  });
});
