;; AdamW on arrays of float32 in this module's memory, four at a time; the order of operations and of
;; roundings is torch.optim.AdamW's:
;;   g = gradient * scale
;;   m = beta1 * m + (1 - beta1) * g
;;   v = beta2 * v + (1 - beta2) * g * g
;;   p = p * decay - step * m / (sqrt(v) / correction + epsilon)
;; with decay = 1 - rate * weightDecay, step = rate / (1 - beta1^t), correction = sqrt(1 - beta2^t).
(module
  (memory (export "memory") 1)
  (func (export "update")
    (param $p i32) (param $m i32) (param $v i32) (param $g i32) (param $end i32)
    (param $scale f32) (param $beta1 f32) (param $rest1 f32) (param $beta2 f32) (param $rest2 f32)
    (param $decay f32) (param $step f32) (param $correction f32) (param $epsilon f32)
    (local $grad v128) (local $first v128) (local $second v128)
    (loop $next
      (local.set $grad (f32x4.mul (v128.load (local.get $g)) (f32x4.splat (local.get $scale))))
      (local.set $first
        (f32x4.add
          (f32x4.mul (v128.load (local.get $m)) (f32x4.splat (local.get $beta1)))
          (f32x4.mul (local.get $grad) (f32x4.splat (local.get $rest1)))))
      (local.set $second
        (f32x4.add
          (f32x4.mul (v128.load (local.get $v)) (f32x4.splat (local.get $beta2)))
          (f32x4.mul
            (f32x4.mul (local.get $grad) (f32x4.splat (local.get $rest2)))
            (local.get $grad))))
      (v128.store (local.get $m) (local.get $first))
      (v128.store (local.get $v) (local.get $second))
      (v128.store (local.get $p)
        (f32x4.sub
          (f32x4.mul (v128.load (local.get $p)) (f32x4.splat (local.get $decay)))
          (f32x4.div
            (f32x4.mul (local.get $first) (f32x4.splat (local.get $step)))
            (f32x4.add
              (f32x4.div (f32x4.sqrt (local.get $second)) (f32x4.splat (local.get $correction)))
              (f32x4.splat (local.get $epsilon))))))
      (local.set $m (i32.add (local.get $m) (i32.const 16)))
      (local.set $v (i32.add (local.get $v) (i32.const 16)))
      (local.set $g (i32.add (local.get $g) (i32.const 16)))
      (local.set $p (i32.add (local.get $p) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $p) (local.get $end))))))
