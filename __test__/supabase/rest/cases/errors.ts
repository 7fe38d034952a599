// Errors: what each SQLSTATE becomes, and what a function may say of its own.
import { failure, get, post, type Case } from '../support/case'

export const sqlstates: Case[] = [
  {
    name: '08000 is 503',
    request: post('/rpc/fail', { state: '08000', message: 'failed with 08000' }),
    response: failure(
      503,
      { code: '08000', message: 'failed with 08000', details: '', hint: '' },
      { 'retry-after': '0' }
    ),
  },
  {
    name: '08P01 is 503',
    request: post('/rpc/fail', { state: '08P01', message: 'failed with 08P01' }),
    response: failure(
      503,
      { code: '08P01', message: 'failed with 08P01', details: '', hint: '' },
      { 'retry-after': '0' }
    ),
  },
  {
    name: '09000 is 500',
    request: post('/rpc/fail', { state: '09000', message: 'failed with 09000' }),
    response: failure(500, { code: '09000', message: 'failed with 09000', details: '', hint: '' }),
  },
  {
    name: '0L000 is 403',
    request: post('/rpc/fail', { state: '0L000', message: 'failed with 0L000' }),
    response: failure(403, { code: '0L000', message: 'failed with 0L000', details: '', hint: '' }),
  },
  {
    name: '0P000 is 403',
    request: post('/rpc/fail', { state: '0P000', message: 'failed with 0P000' }),
    response: failure(403, { code: '0P000', message: 'failed with 0P000', details: '', hint: '' }),
  },
  {
    name: '22012 is 400',
    request: post('/rpc/fail', { state: '22012', message: 'failed with 22012' }),
    response: failure(400, { code: '22012', message: 'failed with 22012', details: '', hint: '' }),
  },
  {
    name: '22P02 is 400',
    request: post('/rpc/fail', { state: '22P02', message: 'failed with 22P02' }),
    response: failure(400, { code: '22P02', message: 'failed with 22P02', details: '', hint: '' }),
  },
  {
    name: '23502 is 400',
    request: post('/rpc/fail', { state: '23502', message: 'failed with 23502' }),
    response: failure(400, { code: '23502', message: 'failed with 23502', details: '', hint: '' }),
  },
  {
    name: '23503 is 409',
    request: post('/rpc/fail', { state: '23503', message: 'failed with 23503' }),
    response: failure(409, { code: '23503', message: 'failed with 23503', details: '', hint: '' }),
  },
  {
    name: '23505 is 409',
    request: post('/rpc/fail', { state: '23505', message: 'failed with 23505' }),
    response: failure(409, { code: '23505', message: 'failed with 23505', details: '', hint: '' }),
  },
  {
    name: '23514 is 400',
    request: post('/rpc/fail', { state: '23514', message: 'failed with 23514' }),
    response: failure(400, { code: '23514', message: 'failed with 23514', details: '', hint: '' }),
  },
  {
    name: '25000 is 500',
    request: post('/rpc/fail', { state: '25000', message: 'failed with 25000' }),
    response: failure(500, { code: '25000', message: 'failed with 25000', details: '', hint: '' }),
  },
  {
    name: '25006 is 405',
    request: post('/rpc/fail', { state: '25006', message: 'failed with 25006' }),
    response: failure(405, { code: '25006', message: 'failed with 25006', details: '', hint: '' }),
  },
  {
    name: '28000 is 403',
    request: post('/rpc/fail', { state: '28000', message: 'failed with 28000' }),
    response: failure(403, { code: '28000', message: 'failed with 28000', details: '', hint: '' }),
  },
  {
    name: '28P01 is 403',
    request: post('/rpc/fail', { state: '28P01', message: 'failed with 28P01' }),
    response: failure(403, { code: '28P01', message: 'failed with 28P01', details: '', hint: '' }),
  },
  {
    name: '2D000 is 500',
    request: post('/rpc/fail', { state: '2D000', message: 'failed with 2D000' }),
    response: failure(500, { code: '2D000', message: 'failed with 2D000', details: '', hint: '' }),
  },
  {
    name: '38000 is 500',
    request: post('/rpc/fail', { state: '38000', message: 'failed with 38000' }),
    response: failure(500, { code: '38000', message: 'failed with 38000', details: '', hint: '' }),
  },
  {
    name: '39000 is 500',
    request: post('/rpc/fail', { state: '39000', message: 'failed with 39000' }),
    response: failure(500, { code: '39000', message: 'failed with 39000', details: '', hint: '' }),
  },
  {
    name: '3B000 is 500',
    request: post('/rpc/fail', { state: '3B000', message: 'failed with 3B000' }),
    response: failure(500, { code: '3B000', message: 'failed with 3B000', details: '', hint: '' }),
  },
  {
    name: '42601 is 400',
    request: post('/rpc/fail', { state: '42601', message: 'failed with 42601' }),
    response: failure(400, { code: '42601', message: 'failed with 42601', details: '', hint: '' }),
  },
  {
    name: '42883 is 404',
    request: post('/rpc/fail', { state: '42883', message: 'failed with 42883' }),
    response: failure(404, { code: '42883', message: 'failed with 42883', details: '', hint: '' }),
  },
  {
    name: '42P01 is 404',
    request: post('/rpc/fail', { state: '42P01', message: 'failed with 42P01' }),
    response: failure(404, { code: '42P01', message: 'failed with 42P01', details: '', hint: '' }),
  },
  {
    name: '44000 is 400',
    request: post('/rpc/fail', { state: '44000', message: 'failed with 44000' }),
    response: failure(400, { code: '44000', message: 'failed with 44000', details: '', hint: '' }),
  },
  {
    name: '55006 is 500',
    request: post('/rpc/fail', { state: '55006', message: 'failed with 55006' }),
    response: failure(500, { code: '55006', message: 'failed with 55006', details: '', hint: '' }),
  },
  {
    name: '55P03 is 500',
    request: post('/rpc/fail', { state: '55P03', message: 'failed with 55P03' }),
    response: failure(500, { code: '55P03', message: 'failed with 55P03', details: '', hint: '' }),
  },
  {
    name: '57014 is 500',
    request: post('/rpc/fail', { state: '57014', message: 'failed with 57014' }),
    response: failure(500, { code: '57014', message: 'failed with 57014', details: '', hint: '' }),
  },
  {
    name: '58030 is 500',
    request: post('/rpc/fail', { state: '58030', message: 'failed with 58030' }),
    response: failure(500, { code: '58030', message: 'failed with 58030', details: '', hint: '' }),
  },
  {
    name: 'F0000 is 500',
    request: post('/rpc/fail', { state: 'F0000', message: 'failed with F0000' }),
    response: failure(500, { code: 'F0000', message: 'failed with F0000', details: '', hint: '' }),
  },
  {
    name: 'HV000 is 500',
    request: post('/rpc/fail', { state: 'HV000', message: 'failed with HV000' }),
    response: failure(500, { code: 'HV000', message: 'failed with HV000', details: '', hint: '' }),
  },
  {
    name: 'P0001 is 400',
    request: post('/rpc/fail', { state: 'P0001', message: 'failed with P0001' }),
    response: failure(400, { code: 'P0001', message: 'failed with P0001', details: '', hint: '' }),
  },
  {
    name: 'P0002 is 500',
    request: post('/rpc/fail', { state: 'P0002', message: 'failed with P0002' }),
    response: failure(500, { code: 'P0002', message: 'failed with P0002', details: '', hint: '' }),
  },
  {
    name: 'P0003 is 500',
    request: post('/rpc/fail', { state: 'P0003', message: 'failed with P0003' }),
    response: failure(500, { code: 'P0003', message: 'failed with P0003', details: '', hint: '' }),
  },
  {
    name: 'P0004 is 500',
    request: post('/rpc/fail', { state: 'P0004', message: 'failed with P0004' }),
    response: failure(500, { code: 'P0004', message: 'failed with P0004', details: '', hint: '' }),
  },
  {
    name: 'XX000 is 500',
    request: post('/rpc/fail', { state: 'XX000', message: 'failed with XX000' }),
    response: failure(500, { code: 'XX000', message: 'failed with XX000', details: '', hint: '' }),
  },
  {
    name: 'XX001 is 500',
    request: post('/rpc/fail', { state: 'XX001', message: 'failed with XX001' }),
    response: failure(500, { code: 'XX001', message: 'failed with XX001', details: '', hint: '' }),
  },
  {
    name: '99999 is 400',
    request: post('/rpc/fail', { state: '99999', message: 'failed with 99999' }),
    response: failure(400, { code: '99999', message: 'failed with 99999', details: '', hint: '' }),
  },
  {
    name: 'ABCDE is 400',
    request: post('/rpc/fail', { state: 'ABCDE', message: 'failed with ABCDE' }),
    response: failure(400, { code: 'ABCDE', message: 'failed with ABCDE', details: '', hint: '' }),
  },
  {
    name: '42P17 is 500',
    request: post('/rpc/fail', { state: '42P17', message: 'failed with 42P17' }),
    response: failure(500, { code: '42P17', message: 'failed with 42P17', details: '', hint: '' }),
    response12: failure(400, {
      code: '42P17',
      message: 'failed with 42P17',
      details: '',
      hint: '',
    }),
  },
  {
    name: '42501 is 401',
    request: post('/rpc/fail', { state: '42501', message: 'failed with 42501' }),
    response: failure(
      401,
      { code: '42501', message: 'failed with 42501', details: '', hint: '' },
      { 'www-authenticate': 'Bearer' }
    ),
  },
  {
    name: '21000 is 500',
    request: post('/rpc/fail', { state: '21000', message: 'failed with 21000' }),
    response: failure(500, { code: '21000', message: 'failed with 21000', details: '', hint: '' }),
    response12: failure(400, {
      code: '21000',
      message: 'failed with 21000',
      details: '',
      hint: '',
    }),
  },
  {
    name: '21000 for a missing WHERE is 400',
    request: post('/rpc/fail', { state: '21000', message: 'UPDATE requires a WHERE clause' }),
    response: failure(400, {
      code: '21000',
      message: 'UPDATE requires a WHERE clause',
      details: '',
      hint: '',
    }),
  },
  {
    name: '53000 is 503',
    request: post('/rpc/fail', { state: '53000', message: 'failed with 53000' }),
    response: failure(
      503,
      { code: '53000', message: 'failed with 53000', details: '', hint: '' },
      { 'retry-after': '0' }
    ),
  },
  {
    name: '53200 is 503',
    request: post('/rpc/fail', { state: '53200', message: 'failed with 53200' }),
    response: failure(
      503,
      { code: '53200', message: 'failed with 53200', details: '', hint: '' },
      { 'retry-after': '0' }
    ),
  },
  {
    name: '53400 is 500',
    request: post('/rpc/fail', { state: '53400', message: 'failed with 53400' }),
    response: failure(
      500,
      { code: '53400', message: 'failed with 53400', details: '', hint: '' },
      { 'retry-after': '0' }
    ),
    response12: failure(
      503,
      { code: '53400', message: 'failed with 53400', details: '', hint: '' },
      { 'retry-after': '0' }
    ),
  },
  {
    name: '54000 is 500',
    request: post('/rpc/fail', { state: '54000', message: 'failed with 54000' }),
    response: failure(500, { code: '54000', message: 'failed with 54000', details: '', hint: '' }),
    response12: failure(413, {
      code: '54000',
      message: 'failed with 54000',
      details: '',
      hint: '',
    }),
  },
  {
    name: '54001 is 500',
    request: post('/rpc/fail', { state: '54001', message: 'failed with 54001' }),
    response: failure(500, { code: '54001', message: 'failed with 54001', details: '', hint: '' }),
    response12: failure(413, {
      code: '54001',
      message: 'failed with 54001',
      details: '',
      hint: '',
    }),
  },
  {
    name: '42501 of a known role is 403',
    role: 'authenticated',
    request: post('/rpc/fail', { state: '42501', message: 'no' }),
    response: failure(403, { code: '42501', message: 'no', details: '', hint: '' }),
  },
  {
    name: '22023 is 400',
    request: post('/rpc/fail', { state: '22023', message: 'bad parameter' }),
    response: failure(400, { code: '22023', message: 'bad parameter', details: '', hint: '' }),
  },
  {
    name: '22023 for a role that does not exist is 401',
    request: post('/rpc/fail', { state: '22023', message: 'role "x" does not exist' }),
    response: failure(
      401,
      { code: '22023', message: 'role "x" does not exist', details: '', hint: '' },
      { 'www-authenticate': 'Bearer' }
    ),
    response12: failure(400, {
      code: '22023',
      message: 'role "x" does not exist',
      details: '',
      hint: '',
    }),
  },
  {
    name: 'an error has its detail and hint',
    request: post('/rpc/fail', { state: 'P0001', message: 'm', detail: 'd "q"', hint: 'h' }),
    response: failure(400, { code: 'P0001', message: 'm', details: 'd "q"', hint: 'h' }),
  },
  {
    name: 'raise without a state is P0001',
    request: post('/rpc/complain', { message: 'no "way"' }),
    response: failure(400, { code: 'P0001', message: 'no "way"' }),
  },
  {
    name: 'an error of a division',
    request: post('/rpc/overlong', {}),
    response: failure(400, { code: '22012', message: 'division by zero' }),
  },
  {
    name: 'an error in a subquery is that of the server',
    request: get('/rpc/too_many_rows'),
    response: failure(500, {
      code: '21000',
      message: 'more than one row returned by a subquery used as an expression',
    }),
    response12: failure(400, {
      code: '21000',
      message: 'more than one row returned by a subquery used as an expression',
    }),
  },
]
