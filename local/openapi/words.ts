import * as z from 'zod';
import { remediationActions } from '#lib/actions/traits';
import { remediationStates } from '#lib/rules/state';

// Parts of many answers.

export const Time = z.iso.datetime();
export const Text = z.string();
export const State = z.enum(remediationStates);
export const Action = z.enum(remediationActions);
