/** The exit codes of every command, each with its meaning. docs/cli.md has the same table. */
export const exitCodes = {
  done: { code: 0, meaning: 'it is done, and nothing was found wrong' },
  finding: {
    code: 1,
    meaning:
      'it is done, and the answer is no: a check, a test or an order failed, or this machine cannot do it (a full disk, a taken port)',
  },
  usage: { code: 2, meaning: 'the command line, a variable or a file is wrong' },
  unreachable: {
    code: 3,
    meaning: 'no system runs here, none answers, or it is out of order (500 and above)',
  },
  credential: {
    code: 4,
    meaning: 'the token is missing or wrong, or its role does not include this (401, 403)',
  },
  unknown: { code: 5, meaning: 'the system does not know the name (404)' },
  refused: { code: 6, meaning: 'the system refuses it in this state, or as it is (400, 409)' },
  unconfirmed: { code: 7, meaning: 'it needs a confirmation: a terminal, or --yes' },
  defect: { code: 70, meaning: 'a defect of Poolkeeper' },
} as const;

export type Outcome = keyof typeof exitCodes;
