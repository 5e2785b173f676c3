/** Charts as inline SVG with a title and a description, each followed by its numbers as a table. Colours never tell alone: shapes, order and text do too. */
import { html, type Markup, NOTHING, table } from './html-page.ts';

export interface Series {
  name: string;
  /** Custom property of the page's style: `c1` … `c6`. */
  colour: string;
  values: number[];
}

const WIDTH = 860;
const HEIGHT = 260;
const LEFT = 60;
const BOTTOM = 34;
const TOP = 14;

/** A step of 1, 2 or 5 times a power of ten, about `count` of them up to `max`. */
export function niceStep(max: number, count: number): number {
  const rough = Math.max(max, 1e-9) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough) ?? rough;
  return step;
}

interface ChartText {
  id: string;
  title: string;
  /** What a reader who cannot see it should know, in a sentence or two. */
  description: string;
}

/** Bars by week (or any label), stacked by series, the first at the bottom. */
export function stackedBars(
  { id, title, description }: ChartText,
  labels: string[],
  series: Series[],
): Markup {
  const used = series.filter(({ values }) => values.some((value) => value > 0));
  const totals = labels.map((_, index) => used.reduce((sum, { values }) => sum + (values[index] ?? 0), 0));
  const max = Math.max(1, ...totals);
  const step = Math.max(1, niceStep(max, 4));
  const top = Math.ceil(max / step) * step;
  const slot = (WIDTH - LEFT - 10) / Math.max(1, labels.length);
  const bar = Math.min(46, slot * 0.72);
  const y = (value: number): number => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top);
  const every = Math.ceil(labels.length / 14);
  const bars = labels.map((label, index) => {
    let below = 0;
    const x = LEFT + slot * index + (slot - bar) / 2;
    const parts = used.map(({ name, colour, values }) => {
      const value = values[index] ?? 0;
      if (value === 0) return NOTHING;
      const from = y(below + value);
      const height = y(below) - from;
      below += value;
      // A line of paper between the parts tells them apart in grey.
      return html`<rect
        x="${round(x)}"
        y="${round(from)}"
        width="${round(bar)}"
        height="${round(Math.max(1, height - 1))}"
        fill="var(--${colour})"
        ><title>${label}: ${value} ${name}</title></rect
      >`;
    });
    const total = totals[index] ?? 0;
    const number =
      labels.length <= 30 && total > 0
        ? html`<text x="${round(x + bar / 2)}" y="${round(y(total) - 3)}" text-anchor="middle"
            >${total}</text
          >`
        : NOTHING;
    const tick =
      index % every === 0
        ? html`<text x="${round(x + bar / 2)}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle"
            >${shortDay(label)}</text
          >`
        : NOTHING;
    return html`${parts}${number}${tick}`;
  });
  const legend = used.map(
    ({ name, colour, values }) =>
      html`<li>
        <svg viewBox="0 0 12 12" aria-hidden="true">
          <rect width="12" height="12" fill="var(--${colour})"></rect></svg
        >${name} ${values.reduce((sum, value) => sum + value, 0)}
      </li>`,
  );
  return figure(
    { id, title, description },
    html`${gridLines(top, step, y, String)}${bars}`,
    html`<ul class="legend">
      ${legend}
    </ul>`,
    table(
      title,
      [{ title: 'from' }, ...used.map(({ name }) => ({ title: name, numeric: true as const }))],
      labels.map((label, index) => [label, ...used.map(({ values }) => values[index] ?? 0)]),
    ),
  );
}

export interface Dot {
  /** Milliseconds. */
  at: number;
  value: number;
  tone: 'plain' | 'bad';
  label: string;
}

/** Values over time, with a line for the goal. Those beyond `clip` stand on the upper edge and say so. */
export function dotsOverTime(
  text: ChartText,
  dots: Dot[],
  axis: { from: number; until: number; unit: string; goal: number; goalText: string },
): Markup {
  const values = dots.map(({ value }) => value).sort((a, b) => a - b);
  const high = values[Math.max(0, Math.ceil(values.length * 0.98) - 1)] ?? axis.goal;
  const max = Math.max(axis.goal * 1.25, high * 1.1);
  const min = Math.min(0, values[0] ?? 0);
  const step = niceStep(max - min, 5);
  const [bottom, top] = [Math.floor(min / step) * step, Math.ceil(max / step) * step];
  const y = (value: number): number =>
    TOP + (HEIGHT - TOP - BOTTOM) * (1 - (Math.min(value, top) - bottom) / (top - bottom));
  const x = (at: number): number =>
    LEFT + ((at - axis.from) / Math.max(1, axis.until - axis.from)) * (WIDTH - LEFT - 16);
  const marks = dots.map(({ at, value, tone, label }) => {
    const [cx, cy] = [round(x(at)), round(y(value))];
    // A breach is a cross, not only another colour.
    return tone === 'bad'
      ? html`<path
          d="M${round(x(at) - 4)} ${round(y(value) - 4)}l8 8m0 -8l-8 8"
          stroke="var(--bad)"
          stroke-width="2"
          ><title>${label}</title></path
        >`
      : html`<circle cx="${cx}" cy="${cy}" r="3.5" fill="var(--c1)" fill-opacity=".65"
          ><title>${label}</title></circle
        >`;
  });
  const days = Array.from({ length: 7 }, (_, index) => axis.from + ((axis.until - axis.from) * index) / 6);
  const ticks = days.map(
    (at, index) =>
      html`<text
        x="${round(x(at))}"
        y="${HEIGHT - BOTTOM + 16}"
        text-anchor="${index === 0 ? 'start' : index === 6 ? 'end' : 'middle'}"
        >${new Date(at).toISOString().slice(0, 10)}</text
      >`,
  );
  return figure(
    text,
    html`${gridLines(top, step, y, (value) => `${value} ${axis.unit}`, bottom)}
      <line
        class="goal"
        x1="${LEFT}"
        x2="${WIDTH - 10}"
        y1="${round(y(axis.goal))}"
        y2="${round(y(axis.goal))}"
      ></line>
      <text class="strong" x="${WIDTH - 12}" y="${round(y(axis.goal) - 5)}" text-anchor="end"
        >${axis.goalText}</text
      >${marks}${ticks}`,
    html`<ul class="legend">
      <li>
        <svg viewBox="0 0 12 12" aria-hidden="true">
          <circle cx="6" cy="6" r="4" fill="var(--c1)"></circle></svg
        >in time
      </li>
      <li>
        <svg viewBox="0 0 12 12" aria-hidden="true">
          <path d="M2 2l8 8m0 -8l-8 8" stroke="var(--bad)" stroke-width="2"></path></svg
        >later than the goal
      </li>
    </ul>`,
    NOTHING,
  );
}

/** Horizontal bars with their number beside them. */
export function bars(text: ChartText, rows: { label: string; count: number }[], colour: string): Markup {
  const max = Math.max(1, ...rows.map(({ count }) => count));
  const height = rows.length * 30 + 8;
  const drawn = rows.map(({ label, count }, index) => {
    const width = (count / max) * (WIDTH - 240);
    return html`<text x="0" y="${index * 30 + 20}">${label}</text>
      <rect
        x="150"
        y="${index * 30 + 6}"
        width="${round(Math.max(width, count > 0 ? 2 : 0))}"
        height="20"
        rx="3"
        fill="var(--${colour})"
      ></rect>
      <text class="strong" x="${round(158 + width)}" y="${index * 30 + 20}">${count}</text>`;
  });
  return figure(text, html`${drawn}`, NOTHING, NOTHING, height);
}

function gridLines(
  top: number,
  step: number,
  y: (value: number) => number,
  textOf: (value: number) => string,
  bottom = 0,
): Markup {
  const lines: Markup[] = [];
  for (let value = bottom; value <= top + step / 1e6; value += step) {
    const at = Math.round(value * 1e6) / 1e6;
    lines.push(
      html`<line class="axis" x1="${LEFT}" x2="${WIDTH - 10}" y1="${round(y(at))}" y2="${round(y(at))}"></line
        ><text x="${LEFT - 6}" y="${round(y(at) + 4)}" text-anchor="end">${textOf(at)}</text>`,
    );
  }
  return html`${lines}`;
}

function figure(
  { id, title, description }: ChartText,
  drawing: Markup,
  legend: Markup,
  numbers: Markup,
  height = HEIGHT,
): Markup {
  return html`<figure>
    <figcaption id="${id}-caption">${title}</figcaption>
    ${legend}
    <svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="${id}-title ${id}-desc">
      <title id="${id}-title">${title}</title>
      <desc id="${id}-desc">${description}</desc>
      ${drawing}
    </svg>
    ${
      numbers.markup === ''
        ? NOTHING
        : html`<details>
            <summary>The numbers of this chart</summary>
            ${numbers}
          </details>`
    }
  </figure>`;
}

/** "02 Nov" of a day; other labels as they are. */
function shortDay(label: string): string {
  const match = /^\d{4}-(\d\d)-(\d\d)$/.exec(label);
  if (match === null) return label;
  const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
  return `${match[2] ?? ''} ${months[Number(match[1]) - 1] ?? ''}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
