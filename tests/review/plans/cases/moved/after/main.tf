terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

provider "aws" {
  region              = "eu-central-1"
  allowed_account_ids = ["111111111111"]
}

resource "aws_iam_role" "new" {
  name = "tes-moved"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::999999999999:user/bob" } }]
  })
}

resource "aws_iam_role" "imported" {
  name = "tes-imported"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::999999999999:user/bob" } }]
  })
}

moved {
  from = aws_iam_role.old
  to   = aws_iam_role.new
}

removed {
  from = aws_iam_role.forgotten
  lifecycle {
    destroy = false
  }
}

import {
  to = aws_iam_role.imported
  id = "tes-imported"
}
