/** The records of linear algebra, for the table. */
import { cofactorP, detP, detSignP, logAbsDetP, orientationP } from './linalgDeterminant.js'
import { commutatorP, eigenFactorP, eigenvaluesP, eigenvectorsP } from './linalgEigen.js'
import { expmP, sqrtmP } from './linalgFunction.js'
import { luFactorP, luP, solveP } from './linalgLu.js'
import { pinvP } from './linalgPseudoInverse.js'
import { qrFactorP, qrP } from './linalgQr.js'
import { singularValuesP, singularVectorsP, svdFactorP } from './linalgSvd.js'
import { choleskyP, triangularSolveP } from './linalgTriangular.js'

export const linalgRecords = [
  ...[triangularSolveP, choleskyP, luFactorP, luP, solveP],
  ...[detP, cofactorP, orientationP, logAbsDetP, detSignP],
  ...[qrFactorP, qrP, eigenFactorP, eigenvaluesP, eigenvectorsP, commutatorP],
  ...[svdFactorP, singularValuesP, singularVectorsP, pinvP, expmP, sqrtmP],
] as const
