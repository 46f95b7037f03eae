// What S/4HANA does by itself: it numbers what comes without a number, the parts of a whole within it.
const cds = require('@sap/cds')

const FIRST = {BusinessPartner: 1000001, SalesOrder: 4500001, BillingDocument: 9000001, DeliveryDocument: 8000001}
const STEP = {SalesOrderItem: 10}

module.exports = class ERP extends cds.ApplicationService {
  async init() {
    this.before('CREATE', '*', async req => number(req.target, req.data))
    return super.init()
  }
}

async function number(entity, record) {
  const keys = Object.keys(entity.keys)
  const own = keys.at(-1)
  if (!record[own] && (FIRST[own] || keys.length > 1)) record[own] = await next(entity, keys.slice(0, -1), own, record)
  for (const [relation, {_target}] of Object.entries(entity.compositions ?? {})) {
    const part = Object.keys(_target.keys).at(-1)
    record[relation]?.forEach((each, at) => { each[part] ??= String((at + 1) * (STEP[part] ?? 1)) })
  }
}

async function next(entity, within, own, record) {
  const where = within.map(key => `${key} = ?`).join(' AND ') || '1 = 1'
  const last = `SELECT max(CAST(${own} AS INTEGER)) AS last FROM ${entity.name.replace('.', '_')} WHERE ${where}`
  const [row] = await cds.run(last, within.map(key => record[key]))
  return String(Math.max(FIRST[own] ?? 0, (row.last ?? 0) + (STEP[own] ?? 1)))
}
