/**
 * Whose turn it is in a concurrency group (GitHub Docs, "Control the concurrency of workflows and jobs"): by default one
 * runs and one waits, and a newer arrival cancels the one that waits; with `queue: max` up to a hundred wait in order.
 */
export interface Turn {
  /** Settles when it may start; false when it was cancelled while it waited. */
  granted: Promise<boolean>;
  end(): void;
}

const LONGEST_QUEUE = 100;

interface Waiting {
  grant(granted: boolean): void;
}

interface Group {
  running: { cancel(): void } | undefined;
  waiting: Waiting[];
}

export interface Turns {
  take(group: string, rule: { queue: 'single' | 'max'; cancelInProgress: boolean }, cancel: () => void): Turn;
}

export function createTurns(): Turns {
  const groups = new Map<string, Group>();
  function next(name: string, group: Group): void {
    group.running = undefined;
    const first = group.waiting.shift();
    if (first === undefined) groups.delete(name);
    else first.grant(true);
  }
  return {
    take(group, { queue, cancelInProgress }, cancel) {
      // Names differ by case to nobody.
      const name = group.toLowerCase();
      const known: Group = groups.get(name) ?? { running: undefined, waiting: [] };
      groups.set(name, known);
      let answer: (granted: boolean) => void = () => undefined;
      const granted = new Promise<boolean>((done) => (answer = done));
      let holds = false;
      const turn: Turn = {
        granted,
        end: () => {
          if (holds) next(name, known);
          holds = false;
        },
      };
      const waiting: Waiting = {
        grant(given) {
          holds = given;
          if (given) known.running = { cancel };
          answer(given);
        },
      };
      if (known.running === undefined) waiting.grant(true);
      else {
        if (cancelInProgress) known.running.cancel();
        if (queue === 'single') for (const each of known.waiting.splice(0)) each.grant(false);
        if (known.waiting.length >= LONGEST_QUEUE) waiting.grant(false);
        else known.waiting.push(waiting);
      }
      return turn;
    },
  };
}
