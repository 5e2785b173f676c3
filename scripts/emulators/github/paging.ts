/** Lists in pages with a `Link` header: 30 a page, 100 at most (GitHub REST, "Using pagination"). */
import type { Answer, Call } from '../kit/service.ts';
import type { View } from './routing.ts';

export interface Page {
  number: number;
  size: number;
}

export function pageOf(call: Call): Page {
  return {
    number: positive(call.query.get('page'), 1),
    size: Math.min(positive(call.query.get('per_page'), 30), 100),
  };
}

/** Renders one page of a list. A torn page has lost its first row, as a list has that changes while it is walked. */
export async function answerPage<T>(
  view: View,
  call: Call,
  items: T[],
  render: (item: T) => unknown,
  envelope?: (rows: unknown[], total: number) => unknown,
): Promise<Answer> {
  const { number, size } = pageOf(call);
  const slice = items.slice((number - 1) * size, number * size);
  const rows = await Promise.all((call.tornPage ? slice.slice(1) : slice).map(render));
  const link = linkHeader(view, call, { number, size }, Math.ceil(items.length / size));
  return {
    status: 200,
    headers: link === '' ? {} : { link },
    json: envelope === undefined ? rows : envelope(rows, items.length),
  };
}

function linkHeader(view: View, call: Call, page: Page, last: number): string {
  const at = (number: number): string => {
    const query = new URLSearchParams(call.query);
    query.set('page', String(number));
    const path = call.path.replace(/^\/api\/v3/, '');
    return `${view.api}${encodeURI(path)}?${query.toString()}`;
  };
  const links: string[] = [];
  if (page.number > 1 && last > 0) links.push(`<${at(Math.min(page.number - 1, last))}>; rel="prev"`);
  if (page.number < last) links.push(`<${at(page.number + 1)}>; rel="next"`, `<${at(last)}>; rel="last"`);
  if (page.number > 1) links.push(`<${at(1)}>; rel="first"`);
  return links.join(', ');
}

function positive(text: string | null, otherwise: number): number {
  const value = Number(text);
  return text !== null && Number.isInteger(value) && value > 0 ? value : otherwise;
}
