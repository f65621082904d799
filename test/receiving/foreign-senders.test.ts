import { expect, test } from 'vitest';
import { createFrontDoor, NODE } from '#test/alerts/events/front-door';
import shapes from './foreign-shapes.json' with { type: 'json' };

/** Shapes that tests and samples of public projects send. `says`: a part of the answer; the name of the node for an accepted alert. */
const SHAPES: readonly {
  name: string;
  source: string;
  body: unknown;
  headers?: Readonly<Record<string, string>>;
  status: number;
  says: string;
}[] = shapes;

test.each(SHAPES)('$source: $name', async ({ source, body, headers, status, says }) => {
  const front = createFrontDoor();
  const answer = await front.deliver(source, body, headers);
  expect({ status: answer.status, text: JSON.stringify(answer.body) }).toEqual({
    status,
    text: expect.stringContaining(says),
  });
  expect(front.remediations()).toHaveLength(says === NODE ? 1 : 0);
  expect(await front.events()).toHaveLength(1);
});
