;; Loops over arrays for the functions of the math modules: out[i] = f(x[i]) for n doubles.
;; Addresses are in bytes and need no alignment, out may be x, and nothing beyond n entries is touched. One loop for each
;; function: a table and call_indirect would cost as much as a tenth of exp.
(module
  (memory (import "math" "memory") 1)
  (import "math" "exp" (func $exp (param v128) (result v128)))
  (import "math" "expm1" (func $expm1 (param v128) (result v128)))
  (import "math" "tanh" (func $tanh (param v128) (result v128)))
  (import "math" "sechSquared" (func $sechSquared (param v128) (result v128)))
  (import "math" "sigmoid" (func $sigmoid (param v128) (result v128)))
  (import "math" "erf" (func $erf (param v128) (result v128)))
  (import "math" "log" (func $log (param v128) (result v128)))
  (import "math" "log1p" (func $log1p (param v128) (result v128)))
  (import "math" "softplus" (func $softplus (param v128) (result v128)))
  (import "math" "sin" (func $sin (param v128) (result v128)))
  (import "math" "cos" (func $cos (param v128) (result v128)))
  (import "math" "tan" (func $tan (param v128) (result v128)))
  (import "math" "sinh" (func $sinh (param v128) (result v128)))
  (import "math" "cosh" (func $cosh (param v128) (result v128)))
  (import "math" "atan" (func $atan (param v128) (result v128)))
  (import "math" "atan2" (func $atan2 (param v128 v128) (result v128)))
  (import "math" "pow" (func $pow (param v128 v128) (result v128)))

  ;; The address behind the last whole pair.
  (func $pairs (param $x i32) (param $n i32) (result i32)
    (i32.add (local.get $x) (i32.shl (i32.and (local.get $n) (i32.const -2)) (i32.const 3))))

  (func (export "exp") (param $x i32) (param $out i32) (param $n i32)
    (local $end i32)
    (local.set $end (call $pairs (local.get $x) (local.get $n)))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $x) (local.get $end)))
        (v128.store (local.get $out) (call $exp (v128.load (local.get $x))))
        (local.set $x (i32.add (local.get $x) (i32.const 16)))
        (local.set $out (i32.add (local.get $out) (i32.const 16)))
        (br $next)))
    (if (i32.and (local.get $n) (i32.const 1))
      (then (v128.store64_lane 0 (local.get $out) (call $exp (v128.load64_splat (local.get $x)))))))

  (func (export "expm1") (param $x i32) (param $out i32) (param $n i32)
    (local $end i32)
    (local.set $end (call $pairs (local.get $x) (local.get $n)))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $x) (local.get $end)))
        (v128.store (local.get $out) (call $expm1 (v128.load (local.get $x))))
        (local.set $x (i32.add (local.get $x) (i32.const 16)))
        (local.set $out (i32.add (local.get $out) (i32.const 16)))
        (br $next)))
    (if (i32.and (local.get $n) (i32.const 1))
      (then (v128.store64_lane 0 (local.get $out) (call $expm1 (v128.load64_splat (local.get $x)))))))

  (func (export "tanh") (param $x i32) (param $out i32) (param $n i32)
    (local $end i32)
    (local.set $end (call $pairs (local.get $x) (local.get $n)))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $x) (local.get $end)))
        (v128.store (local.get $out) (call $tanh (v128.load (local.get $x))))
        (local.set $x (i32.add (local.get $x) (i32.const 16)))
        (local.set $out (i32.add (local.get $out) (i32.const 16)))
        (br $next)))
    (if (i32.and (local.get $n) (i32.const 1))
      (then (v128.store64_lane 0 (local.get $out) (call $tanh (v128.load64_splat (local.get $x)))))))

  (func (export "sechSquared") (param $x i32) (param $out i32) (param $n i32)
    (local $end i32)
    (local.set $end (call $pairs (local.get $x) (local.get $n)))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $x) (local.get $end)))
        (v128.store (local.get $out) (call $sechSquared (v128.load (local.get $x))))
        (local.set $x (i32.add (local.get $x) (i32.const 16)))
        (local.set $out (i32.add (local.get $out) (i32.const 16)))
        (br $next)))
    (if (i32.and (local.get $n) (i32.const 1))
      (then (v128.store64_lane 0 (local.get $out) (call $sechSquared (v128.load64_splat (local.get $x)))))))

  (func (export "sigmoid") (param $x i32) (param $out i32) (param $n i32)
    (local $end i32)
    (local.set $end (call $pairs (local.get $x) (local.get $n)))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $x) (local.get $end)))
        (v128.store (local.get $out) (call $sigmoid (v128.load (local.get $x))))
        (local.set $x (i32.add (local.get $x) (i32.const 16)))
        (local.set $out (i32.add (local.get $out) (i32.const 16)))
        (br $next)))
    (if (i32.and (local.get $n) (i32.const 1))
      (then (v128.store64_lane 0 (local.get $out) (call $sigmoid (v128.load64_splat (local.get $x)))))))

  (func (export "erf") (param $x i32) (param $out i32) (param $n i32)
    (local $end i32)
    (local.set $end (call $pairs (local.get $x) (local.get $n)))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $x) (local.get $end)))
        (v128.store (local.get $out) (call $erf (v128.load (local.get $x))))
        (local.set $x (i32.add (local.get $x) (i32.const 16)))
        (local.set $out (i32.add (local.get $out) (i32.const 16)))
        (br $next)))
    (if (i32.and (local.get $n) (i32.const 1))
      (then (v128.store64_lane 0 (local.get $out) (call $erf (v128.load64_splat (local.get $x)))))))

  (func (export "log") (param $x i32) (param $out i32) (param $n i32)
    (local $end i32)
    (local.set $end (call $pairs (local.get $x) (local.get $n)))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $x) (local.get $end)))
        (v128.store (local.get $out) (call $log (v128.load (local.get $x))))
        (local.set $x (i32.add (local.get $x) (i32.const 16)))
        (local.set $out (i32.add (local.get $out) (i32.const 16)))
        (br $next)))
    (if (i32.and (local.get $n) (i32.const 1))
      (then (v128.store64_lane 0 (local.get $out) (call $log (v128.load64_splat (local.get $x)))))))

  (func (export "log1p") (param $x i32) (param $out i32) (param $n i32)
    (local $end i32)
    (local.set $end (call $pairs (local.get $x) (local.get $n)))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $x) (local.get $end)))
        (v128.store (local.get $out) (call $log1p (v128.load (local.get $x))))
        (local.set $x (i32.add (local.get $x) (i32.const 16)))
        (local.set $out (i32.add (local.get $out) (i32.const 16)))
        (br $next)))
    (if (i32.and (local.get $n) (i32.const 1))
      (then (v128.store64_lane 0 (local.get $out) (call $log1p (v128.load64_splat (local.get $x)))))))

  (func (export "softplus") (param $x i32) (param $out i32) (param $n i32)
    (local $end i32)
    (local.set $end (call $pairs (local.get $x) (local.get $n)))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $x) (local.get $end)))
        (v128.store (local.get $out) (call $softplus (v128.load (local.get $x))))
        (local.set $x (i32.add (local.get $x) (i32.const 16)))
        (local.set $out (i32.add (local.get $out) (i32.const 16)))
        (br $next)))
    (if (i32.and (local.get $n) (i32.const 1))
      (then (v128.store64_lane 0 (local.get $out) (call $softplus (v128.load64_splat (local.get $x)))))))

  (func (export "sin") (param $x i32) (param $out i32) (param $n i32)
    (local $end i32)
    (local.set $end (call $pairs (local.get $x) (local.get $n)))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $x) (local.get $end)))
        (v128.store (local.get $out) (call $sin (v128.load (local.get $x))))
        (local.set $x (i32.add (local.get $x) (i32.const 16)))
        (local.set $out (i32.add (local.get $out) (i32.const 16)))
        (br $next)))
    (if (i32.and (local.get $n) (i32.const 1))
      (then (v128.store64_lane 0 (local.get $out) (call $sin (v128.load64_splat (local.get $x)))))))

  (func (export "cos") (param $x i32) (param $out i32) (param $n i32)
    (local $end i32)
    (local.set $end (call $pairs (local.get $x) (local.get $n)))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $x) (local.get $end)))
        (v128.store (local.get $out) (call $cos (v128.load (local.get $x))))
        (local.set $x (i32.add (local.get $x) (i32.const 16)))
        (local.set $out (i32.add (local.get $out) (i32.const 16)))
        (br $next)))
    (if (i32.and (local.get $n) (i32.const 1))
      (then (v128.store64_lane 0 (local.get $out) (call $cos (v128.load64_splat (local.get $x)))))))

  (func (export "tan") (param $x i32) (param $out i32) (param $n i32)
    (local $end i32)
    (local.set $end (call $pairs (local.get $x) (local.get $n)))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $x) (local.get $end)))
        (v128.store (local.get $out) (call $tan (v128.load (local.get $x))))
        (local.set $x (i32.add (local.get $x) (i32.const 16)))
        (local.set $out (i32.add (local.get $out) (i32.const 16)))
        (br $next)))
    (if (i32.and (local.get $n) (i32.const 1))
      (then (v128.store64_lane 0 (local.get $out) (call $tan (v128.load64_splat (local.get $x)))))))

  (func (export "sinh") (param $x i32) (param $out i32) (param $n i32)
    (local $end i32)
    (local.set $end (call $pairs (local.get $x) (local.get $n)))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $x) (local.get $end)))
        (v128.store (local.get $out) (call $sinh (v128.load (local.get $x))))
        (local.set $x (i32.add (local.get $x) (i32.const 16)))
        (local.set $out (i32.add (local.get $out) (i32.const 16)))
        (br $next)))
    (if (i32.and (local.get $n) (i32.const 1))
      (then (v128.store64_lane 0 (local.get $out) (call $sinh (v128.load64_splat (local.get $x)))))))

  (func (export "cosh") (param $x i32) (param $out i32) (param $n i32)
    (local $end i32)
    (local.set $end (call $pairs (local.get $x) (local.get $n)))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $x) (local.get $end)))
        (v128.store (local.get $out) (call $cosh (v128.load (local.get $x))))
        (local.set $x (i32.add (local.get $x) (i32.const 16)))
        (local.set $out (i32.add (local.get $out) (i32.const 16)))
        (br $next)))
    (if (i32.and (local.get $n) (i32.const 1))
      (then (v128.store64_lane 0 (local.get $out) (call $cosh (v128.load64_splat (local.get $x)))))))

  (func (export "atan") (param $x i32) (param $out i32) (param $n i32)
    (local $end i32)
    (local.set $end (call $pairs (local.get $x) (local.get $n)))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $x) (local.get $end)))
        (v128.store (local.get $out) (call $atan (v128.load (local.get $x))))
        (local.set $x (i32.add (local.get $x) (i32.const 16)))
        (local.set $out (i32.add (local.get $out) (i32.const 16)))
        (br $next)))
    (if (i32.and (local.get $n) (i32.const 1))
      (then (v128.store64_lane 0 (local.get $out) (call $atan (v128.load64_splat (local.get $x)))))))

  (func (export "atan2") (param $x i32) (param $y i32) (param $out i32) (param $n i32)
    (local $end i32)
    (local.set $end (call $pairs (local.get $x) (local.get $n)))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $x) (local.get $end)))
        (v128.store
          (local.get $out)
          (call $atan2 (v128.load (local.get $x)) (v128.load (local.get $y))))
        (local.set $x (i32.add (local.get $x) (i32.const 16)))
        (local.set $y (i32.add (local.get $y) (i32.const 16)))
        (local.set $out (i32.add (local.get $out) (i32.const 16)))
        (br $next)))
    (if (i32.and (local.get $n) (i32.const 1))
      (then
        (v128.store64_lane 0
          (local.get $out)
          (call $atan2 (v128.load64_splat (local.get $x)) (v128.load64_splat (local.get $y)))))))

  (func (export "pow") (param $x i32) (param $y i32) (param $out i32) (param $n i32)
    (local $end i32)
    (local.set $end (call $pairs (local.get $x) (local.get $n)))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $x) (local.get $end)))
        (v128.store
          (local.get $out)
          (call $pow (v128.load (local.get $x)) (v128.load (local.get $y))))
        (local.set $x (i32.add (local.get $x) (i32.const 16)))
        (local.set $y (i32.add (local.get $y) (i32.const 16)))
        (local.set $out (i32.add (local.get $out) (i32.const 16)))
        (br $next)))
    (if (i32.and (local.get $n) (i32.const 1))
      (then
        (v128.store64_lane 0
          (local.get $out)
          (call $pow (v128.load64_splat (local.get $x)) (v128.load64_splat (local.get $y))))))))
