/** No section: everything it needs is in the instruction. */
import type { Bytes } from '../bytes.js';
import { attendFrom, type AttendOperation } from './fields.js';

export const attendBytes: Bytes<AttendOperation> = { read: (_, instruction) => attendFrom(instruction) };
