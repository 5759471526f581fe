import { describe, expect, it } from 'vitest';
import { isOver, readSacct, readScontrol, taskNumbers } from '../../../generator/studies/sweep/launch/slurm/states.js';

describe('the states of tasks', () => {
  it('are read from scontrol and sacct', () => {
    expect(taskNumbers('0,2-4,8-12:2%3')).toEqual([0, 2, 3, 4, 8, 10, 12]);
    const waiting = readScontrol('JobId=1 ArrayJobId=1 ArrayTaskId=2-4%2 JobState=PENDING ReqNodeList=(null) NodeList= ExitCode=0:0\n');
    expect([...waiting.keys()]).toEqual(['1_2', '1_3', '1_4']);
    expect([...waiting.values()].some(isOver)).toBe(false);
    const listed = readSacct('7_0|CANCELLED by 1000|0:15|n1\n7_[1-2%1]|PENDING|0:0|None assigned\n');
    expect([...listed].map(([task, report]) => [task, report.state, isOver(report)])).toEqual([
      ['7_0', 'CANCELLED', true],
      ['7_1', 'PENDING', false],
      ['7_2', 'PENDING', false],
    ]);
  });
});
